import { join } from 'node:path'
import { type ExportedLayout, type ExportLayout, exportLayout } from '@catalog/export'
import { withCatalog } from '../../catalog/with-catalog.ts'
import type { Invocation } from '../../options/invocation.ts'
import { toShellWord } from '../../text/shell-word.ts'

/** Makes a directory that a tool reads, and prints where the model is, or what the tool calls it. */
export async function runExportLayout(
  invocation: Invocation,
  {
    id,
    layout,
    directory,
  }: { readonly id: string; readonly layout: ExportLayout; readonly directory: string },
): Promise<undefined> {
  const { output, signal, resolvePath } = invocation
  await withCatalog(invocation, async (catalog) => {
    const options = { layout, directory: resolvePath(directory), signal }
    const exported = await exportLayout(catalog, id, options)
    const model = layout === 'llama.cpp' ? join(exported.directory, exported.model) : exported.model
    output.printExact(model)
    output.note(describe(exported, model))
    output.printJson({ ...exported, model, sharedBy: exported.sharedBy ?? null })
  })
}

function describe({ directory, layout, sharedBy }: ExportedLayout, model: string): string {
  const how = sharedBy === undefined ? 'was there already' : `is there by ${sharedBy}`
  const word = toShellWord(directory)
  switch (layout) {
    case 'llama.cpp':
      return `the model ${how}; llama-server --model ${toShellWord(model)} serves it`
    case 'ollama':
      return `the model ${how}; OLLAMA_MODELS=${word} ollama serve serves it`
    case 'huggingface':
      return `the model ${how}; HF_HUB_CACHE=${word} HF_HUB_OFFLINE=1 lets a client find it`
  }
}
