/** The module of a space of sparse vectors. */

export { bitmapAddress, distancesComputed } from "../host";
export { attach } from "../seats";
export * from "./index";
