import { useEffect, useRef } from "react";

interface Props {
  /** Brightness, row by row; what is missing in the last row is left blank. */
  readonly bytes: Uint8Array;
  readonly width: number;
  /** In words; decoration where it is left out. */
  readonly label?: string;
  readonly className?: string | undefined;
}

/** Ink and paper: the picture is one, so it does not turn over in the dark theme. */
const ink = [22, 32, 44] as const;
const paper = [246, 240, 226] as const;

/** Bytes as pixels. */
export function Raster({ bytes, width, label, className }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const height = Math.max(1, Math.ceil(bytes.length / width));
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const image = context.createImageData(width, height);
    for (let i = 0; i < bytes.length; i++) {
      const light = bytes[i]! / 255;
      for (let channel = 0; channel < 3; channel++)
        image.data[4 * i + channel] = ink[channel]! + (paper[channel]! - ink[channel]!) * light;
      image.data[4 * i + 3] = 255;
    }
    context.putImageData(image, 0, 0);
  }, [bytes, width, height]);
  const words = label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label };
  return <canvas ref={canvas} width={width} height={height} className={className} {...words} />;
}
