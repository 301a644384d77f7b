import { createDiskFiles, describeVerifierConformance } from '@catalog/testkit'
import { createFileVerifier } from '../src/file-verifier.ts'

describeVerifierConformance('the verifier', async () => {
  return { verifier: createFileVerifier(), world: await createDiskFiles() }
})
