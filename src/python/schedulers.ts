// Schedulers for Python, whose subclasses may have methods of their own.
import { Float } from "../base/dtype.ts";
import type { LRScheduler } from "../optim/lr_scheduler/scheduler.ts";
import { EPOCH_DEPRECATION_WARNING, ORDER_WARNINGS } from "../optim/lr_scheduler/scheduler.ts";
import { plain } from "./layers.ts";
import { namespaces } from "./namespaces.ts";

type Method = ((self: object, ...args: unknown[]) => unknown) | null;
type SchedulerClass = new (...args: unknown[]) => LRScheduler;
type Methods = Record<string, (...args: unknown[]) => unknown>;

export const schedulers = {
  epochWarning: (): string => EPOCH_DEPRECATION_WARNING,
  orderWarning: (kind: keyof typeof ORDER_WARNINGS): string => ORDER_WARNINGS[kind],
  /** A scheduler of a class of its own, with the methods that a subclass in Python has, which are called with it. */
  newScheduler(name: string, warnOfOrder: () => void, get_lr: Method, step: Method, ...args: unknown[]): LRScheduler {
    const Class = namespaces.find(name) as SchedulerClass;
    const Made = class extends Class {
      override get_lr(): number[] {
        return get_lr === null ? super.get_lr() : (plain(get_lr(this)) as number[]);
      }
      override step(...given: unknown[]): void {
        if (step === null) super.step(...(given as [number]));
        else step(this, ...given);
      }
      // Python knows whether the optimizer has made a step.
      protected override warnOfOrder(): void {
        warnOfOrder();
      }
    };
    Object.defineProperty(Made, "name", { value: Class.name });
    return new Made(...args);
  },
  /** A method as the library's class has it. */
  base: (self: LRScheduler, method: string, ...args: unknown[]): unknown =>
    (Object.getPrototypeOf(Object.getPrototypeOf(self)) as Methods)[method].apply(self, args.map(plain)),
  setMember(self: Record<string, unknown>, name: string, value: unknown): void {
    self[name] = value instanceof Float ? value.value : value;
  },
  /** A plain field, and whether there is one. */
  field(self: Record<string, unknown>, name: string): unknown[] {
    const value = self[name];
    return value === undefined || typeof value === "function" ? [false, null] : [true, value];
  },
  fields: (self: LRScheduler): object =>
    Object.fromEntries(Object.entries(self).filter(([name]) => name !== "optimizer" && name !== "_schedulers")),
};
