// Objects that Python holds, by number.

/** What Python has numbers for. A number stays an object's own until Python lets go of it; it is never used again. */
export class Handles {
  private readonly numbers = new Map<object, number>();
  private readonly held = new Map<number, object>();
  private next = 1;

  /** The object's number; the object is held until Python lets go of it. */
  hold(object: object): number {
    let number = this.numbers.get(object);
    if (number === undefined) {
      this.numbers.set(object, (number = this.next++));
      this.held.set(number, object);
    }
    return number;
  }
  has(object: object): boolean {
    return this.numbers.has(object);
  }
  get(number: number): object {
    const object = this.held.get(number);
    if (object === undefined) throw new Error(`python: nothing is held under ${number}`);
    return object;
  }
  release(numbers: readonly number[]): void {
    for (const number of numbers) {
      this.numbers.delete(this.get(number));
      this.held.delete(number);
    }
  }
  get size(): number {
    return this.held.size;
  }
}
