/** Ends a test that hangs. No test comes near it, also on a slow disk and a machine that is ten times slower. */
export const HANG_MS = 300_000
