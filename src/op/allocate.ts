// Moved.
export * from "../allocate.ts";
