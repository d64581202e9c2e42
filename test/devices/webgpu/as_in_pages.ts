// Imported first: a device that finds the dead between tasks only, as in pages, and keeps little.
import { options } from "./options.ts";

options.liveness = "finalizer";
options.resident = 2 * 2 ** 20;
