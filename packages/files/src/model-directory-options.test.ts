import { describeOptions } from '@catalog/testkit/private'
import { createModelDirectory, createVolumes } from './index.ts'

describeOptions({
  createModelDirectory: {
    call: (options) => createModelDirectory('/none', options),
    options: ['searchRoots', 'symlinks', 'readOnly'],
  },
  createVolumes: {
    call: (options) => createVolumes('/none', options),
    options: ['anchors', 'readOnly'],
  },
})
