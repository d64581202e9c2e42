// How many processes compute together, and which of them this is: known once torch.distributed has started.

/** Set by distributed/group.ts; null before, and where nobody asked for it. */
export const world: { rank: number | null; size: number | null } = { rank: null, size: null };
