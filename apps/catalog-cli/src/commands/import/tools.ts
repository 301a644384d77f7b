import { LAYOUT_NAMES, type LayoutName } from '@catalog/import'
import { CliError } from '../../problem/cli-errors.ts'

/** Short names, and what they stand for. */
const SHORT_NAMES: ReadonlyMap<string, readonly LayoutName[]> = new Map([
  ['hf', ['huggingface', 'huggingface-local']],
  ['llama-cpp', ['llama.cpp']],
  ['lmstudio', ['lm-studio']],
  ['docker', ['docker-model-runner']],
])

/** The layouts that a user names; undefined for all. */
export function toLayouts(names: readonly string[] | undefined): readonly LayoutName[] | undefined {
  return names?.flatMap((name) => {
    const layout = LAYOUT_NAMES.find((each) => each === name)
    const layouts = layout === undefined ? SHORT_NAMES.get(name) : [layout]
    if (layouts !== undefined) return layouts
    const known = [...LAYOUT_NAMES, ...SHORT_NAMES.keys()].join(', ')
    throw new CliError('USAGE', `--only knows no tool ${name}; it knows ${known}`)
  })
}
