import { Bare } from './bare.jsx'
import { Ours } from './ours.jsx'
import { show, variant } from './show.jsx'

show(variant === 'bare' ? Bare : Ours)
