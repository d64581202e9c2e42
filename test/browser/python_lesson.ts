import { loadPython, PythonError } from "tidu/python";

/** A program as test/recorded/lessons.json has it, and what it shows: what is asked for, and what is answered. */
export interface Lesson {
  readonly source: string;
  readonly stdout: string;
  readonly exception: { readonly type: string; readonly text: string } | null;
}

/** Runs the lessons in a Python of this thread's own; gives what they show instead of what is recorded. */
export async function runLessons(lessons: readonly Lesson[]): Promise<Lesson[]> {
  let stdout = "";
  const python = await loadPython({ indexURL: "/pyodide/", stdout: (text) => (stdout += text) });
  const shown: Lesson[] = [];
  for (const { source } of lessons) {
    stdout = "";
    let exception = null;
    try {
      await python.run(source);
    } catch (error) {
      if (!(error instanceof PythonError)) throw error;
      exception = { type: error.type, text: error.message };
    }
    shown.push({ source, stdout, exception });
  }
  return shown;
}
