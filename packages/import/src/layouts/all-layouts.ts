import type { Layout } from './layout.ts'

/** In the order in which they are tried: the most particular first. */
export const LAYOUTS: readonly Layout[] = []
