import type { ModelEntry } from 'model-catalog'

/** The part of a document that is completed. */
interface Document {
  readonly components?: readonly { readonly 'bom-ref'?: string }[]
}

/** The document with the architecture of each model as its model card: a field that the library does not write yet. */
export function addModelCards(document: Document, entries: readonly ModelEntry[]): Document {
  const byId = new Map<string | undefined, ModelEntry>(entries.map((entry) => [entry.id, entry]))
  const components = document.components?.map((component) => {
    const architecture = byId.get(component['bom-ref'])?.facts?.architecture
    if (architecture === undefined) return component
    return { ...component, modelCard: { modelParameters: { architectureFamily: architecture } } }
  })
  return components === undefined ? document : { ...document, components }
}
