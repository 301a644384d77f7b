import type { PolicyAtRevision, PolicyChange } from 'model-catalog'
import { withCatalog } from '../../catalog/with-catalog.ts'
import { attributionOf, type Invocation } from '../../options/invocation.ts'
import { formatPolicy } from './policy-rules.ts'

/** Shows the policy that is stored in the catalog. */
export async function runShowPolicy(invocation: Invocation): Promise<undefined> {
  await withCatalog(invocation, async (catalog) => {
    showPolicy(invocation, await catalog.policy.get())
  })
}

/** Changes it, and shows what it is then. */
export async function runChangePolicy(invocation: Invocation, change: PolicyChange): Promise<undefined> {
  await withCatalog(invocation, async (catalog) => {
    showPolicy(invocation, await catalog.policy.set(change, attributionOf(invocation)))
  })
}

function showPolicy({ output }: Invocation, policy: PolicyAtRevision): void {
  const lines = formatPolicy(policy)
  output.print(...(lines.length === 0 ? ['no policy is stored: each program uses its own'] : lines))
  output.printJson({ policy })
}
