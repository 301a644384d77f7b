import { it } from 'vitest'
import { runDownloadExample } from './download-example.ts'

const MIB = 1024 * 1024

it('the example of "Hash while downloading" runs, goes on after a broken connection, and cleans up', async () => {
  await runDownloadExample({ sizeBytes: 80 * MIB, breakAt: 75 * MIB, resumesFrom: /^[67]\d{7}$/u })
})
