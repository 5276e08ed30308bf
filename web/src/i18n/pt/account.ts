/** Entrar, e a própria conta. */
export const ptAccount = {
  'account.language': 'Idioma',
  'account.timeZone': 'Fuso horário',
  'account.login': 'Nome de utilizador',
  'account.displayName': 'O seu nome',
  'account.password': 'Palavra-passe',
  'account.newPassword': 'Nova palavra-passe',
  'account.passwordRule': 'Pelo menos {count} caracteres. Algumas palavras são melhores do que uma palavra estranha.',

  'login.title': 'Iniciar sessão',
  'login.submit': 'Entrar',
  'login.forgotten': 'Esqueceu-se? Um administrador pode dar-lhe uma nova ligação.',
  'login.setupNeeded': 'Ainda não há administrador. Abra a ligação de configuração que o servidor mostrou ao arrancar.',

  'setup.title': 'Configurar o SyncTide',
  'setup.hint': 'Duas perguntas sobre a instalação e depois o seu acesso. Tudo pode ser alterado mais tarde.',
  'setup.site': 'A instalação',
  'setup.siteName': 'Nome da instalação',
  'setup.administrator': 'Você, o administrador',
  'setup.submit': 'Começar',
  'setup.done': 'Esta instalação já está configurada.',
  'setup.noToken': 'Esta página precisa da ligação única que o servidor mostrou ao arrancar.',

  'passwordLink.title': 'Escolha a sua palavra-passe',
  'passwordLink.submit': 'Guardar e entrar',
  'passwordLink.noToken': 'Esta página precisa da ligação única que um administrador lhe deu.',

  'ack.title': 'Alarme',
  'ack.as': 'Reconhece como {name}.',
  'ack.done': 'Reconhecido.',
  'ack.by': 'Reconhecido por {who}, {at}.',
  'ack.expired': 'Esta ligação expirou. Inicie sessão para ver o alarme.',

  'me.title': 'O meu perfil',
  'me.profile': 'Perfil',
  'me.saved': 'Guardado.',
  'me.siteLanguage': 'Como a instalação ({language})',
  'me.siteZone': 'Como a instalação ({zone})',
  'me.currentPassword': 'Palavra-passe atual',
  'me.changePassword': 'Mudar palavra-passe',
  'me.passwordChanged': 'Palavra-passe alterada. Todas as outras sessões terminaram.',
  'me.otherSessions': 'Ao mudar, terminam as suas sessões em todos os outros dispositivos.',

  'notFound.title': 'Esta página não existe',
  'notFound.hint': 'Pode ter sido removida, ou não estar entre os seus equipamentos.',
  'notFound.home': 'Ir para o início',
}
