// Stands for src/data/datasets/digits_data.ts in the playground, whose first view need not bring 45 KB of images.
export let packedDigits = "";
export async function digits(): Promise<void> {
  ({ packedDigits } = await import("../../src/data/datasets/digits_data.ts"));
}
