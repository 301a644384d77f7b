import { Catalog, type CatalogPorts } from '@catalog/core'

/** Registers a model that was downloaded to `path`, has it verified, and returns where to serve it from. */
export async function takeIn(ports: CatalogPorts, path: string): Promise<string> {
  const catalog = new Catalog(ports)
  const model = await catalog.register({
    id: 'llama-3.1-8b-instruct',
    source: 'https://huggingface.co/meta-llama/Llama-3.1-8B-Instruct',
    digest: null, // computed by the first verification
  })
  await catalog.verify(model.id, path) // Pending → Active, or Failed and DIGEST_MISMATCH
  const served = await catalog.listByState('Active')
  console.log(served.map(({ id, digest }) => `${id} ${digest}`).join('\n'))
  return catalog.modelPath(model.id)
}
