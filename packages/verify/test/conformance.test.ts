import { createDiskFiles, describeVerifierConformance } from '@catalog/testkit'
import { createFileVerifier } from '@catalog/verify'

describeVerifierConformance('the verifier', async () => {
  return { verifier: createFileVerifier(), world: await createDiskFiles() }
})
