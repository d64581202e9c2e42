// Next looks for the root of a project among the lock files, and the repository has more than this one.
export default { turbopack: { root: import.meta.dirname }, outputFileTracingRoot: import.meta.dirname };
