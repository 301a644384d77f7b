import { describeFailingCalls } from './describe-every-call.ts'

// Coprime to 8 and 14, the numbers of cases of a call: the sample covers all kinds of faults. The deep test tries all.
describeFailingCalls({ oneIn: 29 })
