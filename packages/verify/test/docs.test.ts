import { it } from 'vitest'
import { runDownloadExample } from './download-example.ts'

it('the example of "Hash while downloading" runs, survives a broken connection, and cleans up', async () => {
  // Without a checkpoint, which comes after 64 MiB: see docs.deep.test.ts.
  await runDownloadExample({ sizeBytes: 300_000, breakAt: 200_000, resumesFrom: /^0$/u })
})
