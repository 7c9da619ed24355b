// What there is to say about an offer: to connect a company, or to join organizations. Knows no document; what it returns are
// sentences with {words} in braces and what those stand for.

function knownOf(offer, text) {
  const { inviter_company: company, inviter_person: person, organizations = [] } = offer;
  return {
    person,
    inviter: company || person || text.somebody,
    company: offer.company_name,
    email: offer.email,
    organization: organizations[0],
    count: organizations.length,
    provider: offer.identity_provider,
  };
}

function toConnect(offer, text) {
  const { relation_type: relation, needs_password: fresh } = offer;
  return {
    title: text[`offer_${relation}`],
    inviter: offer.inviter_person ? '{person}\n{inviter}' : '{inviter}',
    invited: '{company}\n{email}',
    meaning: text[`meaning_${relation}`],
    accepted: fresh ? text.accepted_password : text.accepted,
    declined: text.declined,
    declining: { title: text.declining_connect, meaning: text.meaning_declining_connect },
  };
}

function toJoin(offer, text) {
  const of = (key) => text[`${key}_${offer.organizations.length === 1 ? 'one' : 'many'}`];
  const by = offer.inviter_person ? '_by' : '';
  // Whoever chooses a password sees that.
  const signIn = offer.identity_provider ? 'provider' : offer.needs_password ? 'password' : 'known';
  return {
    title: of(`offer_join${by}`),
    inviter: offer.inviter_person ? '{person}' : '',
    invited: '{email}',
    meaning: [...of('meaning_join'), text[`meaning_${signIn}`]].filter(Boolean),
    accepted: [...of('accepted_join'), text[`sign_in_${signIn}`]],
    declined: text.declined_join,
    declining: { title: of('declining_join'), meaning: text.meaning_declining_join },
  };
}

// { known, title, inviter, invited, meaning, accepted, declined }. `declining`: for somebody who came to decline.
export function wordsFor(offer, text, declining) {
  const { declining: instead, ...words } = offer.purpose === 'join' ? toJoin(offer, text) : toConnect(offer, text);
  return { known: knownOf(offer, text), ...words, ...(declining ? instead : {}) };
}
