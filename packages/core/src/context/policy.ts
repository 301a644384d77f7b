import type { CatalogContext, CatalogPolicy } from './catalog-ports.ts'

/**
 * The policy that holds now: what is stored in the catalog counts before what the program gave when it opened it, field
 * by field, so that an operator's word holds for every program.
 */
export async function policyOf({
  store,
  policy,
}: Pick<CatalogContext, 'store' | 'policy'>): Promise<CatalogPolicy> {
  const { policy: stored } = await store.settings()
  return { ...policy, ...stored }
}
