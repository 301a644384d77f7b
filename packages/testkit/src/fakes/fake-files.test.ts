import { describeFilesConformance } from '../conformance/describe-files-conformance.ts'
import { describeVerifierConformance } from '../conformance/describe-verifier-conformance.ts'
import { FakeFiles } from './fake-files.ts'
import { toTestFiles } from './fake-test-files.ts'

describeFilesConformance(
  'the fake files',
  async () => {
    const files = new FakeFiles()
    return { files, world: toTestFiles(files) }
  },
  { lacks: ['read-only'] },
)

describeVerifierConformance(
  'the fake files',
  async () => {
    const files = new FakeFiles()
    return { verifier: files, world: toTestFiles(files) }
  },
  { lacks: ['bytes'] },
)
