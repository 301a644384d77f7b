import { describeFailingCalls } from './describe-every-call.ts'

describeFailingCalls({ oneIn: 1 })
