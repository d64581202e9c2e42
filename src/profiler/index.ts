// torch.profiler
export { EventList } from "./event_list.ts";
export type { FunctionEventAvg, TableArguments } from "./event_list.ts";
export { profile, Profile, record_function } from "./profile.ts";
export type { ProfileOptions } from "./profile.ts";
export type { FunctionEvent } from "./recorder.ts";
