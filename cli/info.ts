import * as torch from "tidu";

/** What `tidu info` prints. */
export function info(version: string): string {
  return `tidu ${version}\n${torch.__config__.show()}  - Devices: cpu`;
}
