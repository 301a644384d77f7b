import { randomUUID } from 'node:crypto'
import { assertOptions } from '@catalog/types'
import type { ModelEntry } from 'model-catalog'
import { addModelCards } from './model-cards.ts'

/** What a document says of itself. */
export interface CycloneDxOptions {
  /** When the document was made; default: now. */
  readonly at?: Date | undefined
}

/**
 * A CycloneDX 1.6 document (ML-BOM) in JSON: for each model a component of the type `machine-learning-model` with its
 * name, version, SHA-256 digests, source, licence and facts, as far as they are known. The files of a multi-file model
 * are components in it. Sources are without credentials, and paths of this machine are left out. The library that
 * writes it is imported by the first call.
 *
 * Source: https://cyclonedx.org/docs/1.6/json/
 *
 * @throws {CatalogError} INVALID_INPUT if an option does not exist
 */
export async function formatCycloneDx(
  entries: readonly ModelEntry[],
  options: CycloneDxOptions = {},
): Promise<string> {
  assertOptions<CycloneDxOptions>(options, { at: 'object' })
  const [{ toComponent }, { Bom, Component, Metadata }, { ComponentType }, { Serialize, Spec }] =
    await Promise.all([
      import('./cyclonedx-component.ts'),
      import('@cyclonedx/cyclonedx-library/Models'),
      import('@cyclonedx/cyclonedx-library/Enums'),
      import('@cyclonedx/cyclonedx-library'),
    ])
  const metadata = new Metadata({ timestamp: options.at ?? new Date() })
  metadata.tools.components.add(new Component(ComponentType.Application, 'model-catalog'))
  const bom = new Bom({ metadata, serialNumber: `urn:uuid:${randomUUID()}` })
  for (const entry of entries) bom.components.add(toComponent(entry))
  const factory = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6)
  const text = new Serialize.JsonSerializer(factory).serialize(bom, { sortLists: true })
  return `${JSON.stringify(addModelCards(JSON.parse(text), entries), undefined, 2)}\n`
}
