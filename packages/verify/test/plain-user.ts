import { isAvailable } from '@catalog/testkit/running'

const NOBODY = 65534

/** Root may read and write everything, so a test of refusal needs to be another user for a while. */
export async function asPlainUser(run: () => Promise<void>): Promise<void> {
  if (isAvailable('plain-user')) return await run()
  process.seteuid?.(NOBODY)
  try {
    await run()
  } finally {
    process.seteuid?.(0)
  }
}
