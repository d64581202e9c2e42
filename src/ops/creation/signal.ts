// torch.signal
export * as windows from "./signal_windows.ts";
