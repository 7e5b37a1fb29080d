import { createContext, useContext } from "react";

/** True inside the panel of an exercise: what is boxed in the text is quiet there. */
export const PanelContext = createContext(false);

export const useInPanel = (): boolean => useContext(PanelContext);
