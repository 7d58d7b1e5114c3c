import { createContext } from "preact";
import { LIGHT, type FigureTheme } from "../../src/report/figures/theme.ts";

export const ThemeContext = createContext<FigureTheme>(LIGHT);
