import { describeOptions } from '@catalog/testkit/private'
import { openFileStore, pruneHistory, repairCatalog, verifyHistory } from '../src/index.ts'

const root = '/none'
const required = { root }
const running = ['clock', 'disk']

describeOptions({
  openFileStore: {
    call: openFileStore,
    options: [
      ...[
        'root',
        'readOnly',
        'create',
        'intactPrefix',
        'onlyWriter',
        'onRecovery',
        'onStaleView',
        'segmentBytes',
        'timers',
      ],
      ...running,
    ],
    required,
  },
  verifyHistory: { call: (options) => verifyHistory(root, options), options: ['disk'] },
  pruneHistory: {
    call: (options) => pruneHistory(root, options),
    options: ['keepSegments', 'before', 'dryRun', 'disk'],
  },
  repairCatalog: { call: (options) => repairCatalog(root, options), options: ['onlyWriter', ...running] },
})
