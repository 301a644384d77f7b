import { isCatalogError, LifecycleState, openCatalog } from 'model-catalog'
import { z } from 'zod'

const requestSchema = z.object({ id: z.string(), source: z.string(), digest: z.string() })

/** A service with the facade, and with checks of its own by the same copy of zod. */
export async function run(root: string, digest: string): Promise<string> {
  const request = requestSchema.parse({ id: 'org/model', source: `file:${root}/model.bin`, digest })
  const catalog = await openCatalog({ root })
  // A key that some versions of zod let pass.
  const hostile = { ...request, ...Object.fromEntries([['__proto__', 1]]) }
  const refused = await catalog.register(hostile).catch((error: unknown) => error)
  if (!isCatalogError(refused, 'INVALID_INPUT')) throw refused
  await catalog.register(request)
  const entry = await catalog.verify(request.id, `${root}/model.bin`)
  const served = await catalog.resolve(request.id)
  await catalog.close()
  if (entry.state !== LifecycleState.Active || served.digest !== digest) throw new Error('It is not served')
  return 'verified'
}
