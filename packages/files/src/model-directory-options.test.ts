import { describeOptions } from '@catalog/testkit'
import { createModelDirectory } from './index.ts'

describeOptions({
  createModelDirectory: {
    call: (options) => createModelDirectory('/none', options),
    options: ['searchRoots', 'symlinks', 'readOnly'],
  },
})
