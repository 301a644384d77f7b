import type { ViteUserConfig } from 'vitest/config'
import { defineMutationTests } from './define-tests.ts'

const config: ViteUserConfig = defineMutationTests({
  include: ['packages/store-fs/{src,test}/**/*.test.ts'],
  // Another source than the one that they read, other processes, disks and users; and what is not of the journal.
  exclude: [
    '**/!(conformance).property.test.ts',
    '**/test/{mutations,index}.test.ts',
    '**/test/{killed-writers,system-calls,hard-limits,own-files,shared-root,roots}.test.ts',
    '**/test/{mounted-disks,shared-file-systems,read-only}.test.ts',
    '**/test/{adoption,absurd-content,limits,long-journal,watch,view,view-fingerprint,mended-entries}.test.ts',
    '**/test/{absurd-files,every-byte,simulation}/**',
  ],
  hangMs: 20_000,
})

export default config
