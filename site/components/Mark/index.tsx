/** The sign of the course: a request goes down to the other lane, and the refusal comes back. */
export function Mark({ size }: { size: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 32 32"
      aria-hidden="true"
      fill="none"
      strokeWidth="3"
      strokeLinecap="round"
    >
      <path d="M2.5 6h27M2.5 26h27" stroke="var(--ink)" />
      <path d="M7.5 9.5l7.6 13" stroke="var(--flow)" />
      <path d="M17.2 22.5L24 10.8" stroke="var(--pressure)" />
    </svg>
  );
}
