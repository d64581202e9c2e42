import { loadPython, PythonError } from "tidu/python";

/** A program as test/data/lessons.json has it, and what it shows: what is asked for, and what is answered. */
export interface Lesson {
  readonly source: string;
  readonly stdout: string;
  readonly exception: { readonly type: string; readonly text: string } | null;
}

/** Runs the lessons in a Python of this thread's own; gives what they show instead of what is recorded. */
export async function runLessons(lessons: readonly Lesson[]): Promise<Lesson[]> {
  let stdout = "";
  const python = await loadPython({ indexURL: "/pyodide/", stdout: (text) => (stdout += text) });
  return lessons.map(({ source }) => {
    stdout = "";
    let exception = null;
    try {
      python.run(source);
    } catch (error) {
      if (!(error instanceof PythonError)) throw error;
      exception = { type: error.type, text: error.message };
    }
    return { source, stdout, exception };
  });
}
