// VitePress's own look with the system's fonts, which Chinese needs anyway, and the playground's colours.
import DefaultTheme from "vitepress/theme-without-fonts";
import "./style.css";

export default DefaultTheme;
