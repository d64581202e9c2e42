/** Prints what a function gives, or the error in one line. */
export function show(f: () => unknown): void {
  try {
    console.log(String(f()));
  } catch (error) {
    const { name, message } = error as Error;
    console.log(`ERR ${name} ${message.split("\n")[0]}`);
  }
}
