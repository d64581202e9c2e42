// A name by which functions come that are not of every day: a bundle that does not use it is without them.
import "./rare_math.ts";

/** What has such functions in it, as it is. */
export const rare = <T>(user: T): T => user;
