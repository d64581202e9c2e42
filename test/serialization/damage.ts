// Damage to files at random.
const INTERESTING = [0, 1, 0x7f, 0x80, 0xff, 0x28, 0x2e, 0x52, 0x51, 0x62, 0x63, 0x71, 0x74, 0x75, 0x8a, 0x94];

/** By xorshift: the same damage every time. */
export class Damage {
  private state = 88172645;

  below(n: number): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) % n;
  }
  of(bytes: Uint8Array): Uint8Array {
    let made: Uint8Array = bytes.slice();
    for (let k = 0; k <= this.below(4); k++) {
      const at = this.below(made.length);
      switch (this.below(6)) {
        case 0: // cut off
          made = made.slice(0, at);
          break;
        case 1: // a bit
          made[at] ^= 1 << this.below(8);
          break;
        case 2: // a byte that means something
          made[at] = INTERESTING[this.below(INTERESTING.length)];
          break;
        case 3: // a length of four bytes
          made.set([0xff, 0xff, 0xff, this.below(2) * 0x7f].slice(0, made.length - at), at);
          break;
        case 4: // a piece twice
          made = joined(made.subarray(0, at), made.subarray(Math.max(0, at - this.below(40))));
          break;
        default: // a piece of another place
          made.copyWithin(at, this.below(made.length), this.below(made.length));
      }
      if (made.length === 0) break;
    }
    return made;
  }
}
function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
