// Answers cases, one JSON object per line on standard input, with `@cloud-copilot/iam-simulate`, which lies beside this file.
import { createInterface } from 'node:readline'
import { runSimulation } from '@cloud-copilot/iam-simulate'

const named = (policies) => policies.map((policy, at) => ({ name: `p${at}`, policy }))
const levels = (list) =>
  (list ?? []).map((level, at) => ({ orgIdentifier: `o${at}`, policies: named([level].flat()) }))

for await (const line of createInterface({ input: process.stdin })) {
  const one = JSON.parse(line)
  const { principal, action, resource, resource_account, context } = one.request
  const simulation = {
    request: { principal, action, resource: { resource, accountId: resource_account }, contextVariables: context },
    identityPolicies: named(one.identity_policies),
    serviceControlPolicies: levels(one.scps),
    resourceControlPolicies: levels(one.rcps),
    resourcePolicy: one.resource_policy,
    permissionBoundaryPolicies: one.permissions_boundary && named([one.permissions_boundary]),
    sessionPolicy: one.session_policy,
  }
  const answer = await runSimulation(simulation, { simulationMode: 'Strict' })
  const errors = answer.errors && JSON.stringify(answer.errors)
  console.log(JSON.stringify({ id: one.id, decision: answer.overallResult, errors }))
}
