import type { enViews } from '../en/views.ts'
import type { Dictionary } from '../translate.ts'

export const ptViews: Pick<Dictionary, keyof typeof enViews> = {
  'views.title': 'Vistas guardadas',
  'views.none': 'Ainda não há vistas guardadas.',
  'views.mine': 'minha',
  'views.shared': 'partilhada por mim',
  'views.name': 'Guardar esta vista como',
  'views.nameHint': 'Uma vista com o mesmo nome é substituída.',
  'views.share': 'Visível para todos',
  'views.link': 'O endereço desta página mostra o mesmo a um colega.',
  'views.remove': 'Retirar',
}
