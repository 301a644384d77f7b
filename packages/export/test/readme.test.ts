import { describeReadmeExample } from '@catalog/testkit/private'

describeReadmeExample({
  readme: new URL('../README.md', import.meta.url),
  sources: {
    '@catalog/export': new URL('../src/index.ts', import.meta.url),
    'model-catalog': import.meta.resolve('model-catalog'),
  },
})
