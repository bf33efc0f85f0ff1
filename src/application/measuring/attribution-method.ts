/** Which way scores are made, as the engine names it, or by exact runs. */
import type { GradientMethod } from '../../domain/experiment/attribution.js'
import type { AttributionQuestion } from '../questions.js'

/** Integrated gradients stop being refined here. */
const MAX_STEPS = 256

export function attributionMethod({
  method,
  of,
}: AttributionQuestion): GradientMethod | 'EXACT_ABLATION' | 'SHAPLEY' {
  switch (method.kind) {
    case 'preset':
      switch (method.preset) {
        case 'EXACT_ABLATION':
          return 'EXACT_ABLATION'
        case 'GRADIENT_TIMES_ACTIVATION':
          // The same product, taken link by link.
          return { kind: of === 'EDGES' ? 'EDGE_ATTRIBUTION_PATCHING' : 'GRADIENT_TIMES_ACTIVATION' }
        case 'EDGE_ATTRIBUTION_PATCHING':
        case 'DEEP_LIFT':
        case 'DIRECT_LOGIT':
          return { kind: method.preset }
        default:
          return method.preset satisfies never
      }
    case 'attributionPatching':
      return { kind: 'ATTRIBUTION_PATCHING', qkFix: method.qkFix, gradDrop: method.gradDrop }
    case 'integratedGradients':
      return { kind: 'INTEGRATED_GRADIENTS', steps: method.steps, rule: method.rule, maxSteps: MAX_STEPS }
    case 'edgeIntegratedGradients':
      return { kind: 'EDGE_INTEGRATED_GRADIENTS', steps: method.steps, rule: method.rule }
    case 'shapley':
      return 'SHAPLEY'
    default:
      return method satisfies never
  }
}

/** `GRADIENT_TIMES_ACTIVATION`, `integratedGradients(steps 8, rule MIDPOINT)`. */
export function methodName({ method }: AttributionQuestion): string {
  if (method.kind === 'preset') return method.preset
  const { kind, ...settings } = method
  return `${kind}(${Object.entries(settings)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')})`
}
