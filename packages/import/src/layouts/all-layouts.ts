/** Room `layouts`: how each tool keeps its models, and how a store of it is recognised. */

import type { Layout } from './layout.ts'
import { ollama } from './ollama.ts'

/** In the order in which they are tried: the most particular first. */
export const LAYOUTS: readonly Layout[] = [ollama]
