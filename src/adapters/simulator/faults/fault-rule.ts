import Type from 'typebox';

/**
 * A fault to order. Of the rules that match a request, the first that fires decides its outcome; only
 * admitted requests (valid token, within the rate limits) are matched. `faultEffects` describes the effects.
 */
export const FaultRuleSchema = Type.Object(
  {
    id: Type.Optional(Type.String({ minLength: 1, description: 'Generated if left out.' })),
    match: Type.Optional(
      Type.Object(
        {
          method: Type.Optional(Type.String()),
          path: Type.Optional(Type.String({ description: 'Without query; `*` stands for one segment.' })),
          query: Type.Optional(
            Type.String({ minLength: 1, description: 'Part of the query, as `tag_name=` or `name=bot-1`.' }),
          ),
          bodyIncludes: Type.Optional(Type.String({ minLength: 1 })),
        },
        {
          additionalProperties: false,
          description:
            'Which requests: method, path (`*` is one segment), query, bodyIncludes. Default: all.',
        },
      ),
    ),
    probability: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: 'Default 1.' })),
    nth: Type.Optional(Type.Integer({ minimum: 1, description: 'Only the nth request that matches.' })),
    forMs: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 86_400_000,
        description: 'How long it strikes from its order on. Default: for ever.',
      }),
    ),
    droplets: Type.Optional(
      Type.Object(
        {
          ids: Type.Optional(Type.Array(Type.Integer())),
          names: Type.Optional(Type.Array(Type.String())),
          every: Type.Optional(
            Type.Integer({ minimum: 1, description: 'Every nth droplet by id: 2 is half of them.' }),
          ),
        },
        {
          additionalProperties: false,
          description:
            'Whom `hide` and `garble` mean: ids, names, every (2 is each second one). Default: all.',
        },
      ),
    ),
    field: Type.Optional(
      Type.String({ minLength: 1, description: 'What `garble` makes null. Default: size_slug.' }),
    ),
    times: Type.Optional(Type.Integer({ minimum: 1, description: 'Fires at most this often.' })),
    effect: Type.Union(
      [
        Type.Literal('cutBefore'),
        Type.Literal('cutAfter'),
        Type.Literal('cutDuring'),
        Type.Literal('hangBefore'),
        Type.Literal('hangAfter'),
        Type.Literal('late'),
        Type.Literal('status'),
        Type.Literal('brokenJSON'),
        Type.Literal('delay'),
        Type.Literal('hide'),
        Type.Literal('garble'),
      ],
      { description: 'What happens, as listed above.' },
    ),
    status: Type.Optional(
      Type.Integer({ minimum: 400, maximum: 599, description: 'Of a `status` fault. Default: 503.' }),
    ),
    message: Type.Optional(
      Type.String({ minLength: 1, description: 'The words of a `status` fault, in the JSON error.' }),
    ),
    html: Type.Optional(Type.Boolean({ description: 'An error page, as the edge sends with 504 and 524.' })),
    applied: Type.Optional(
      Type.Boolean({ description: 'Whether a `status` fault takes effect all the same.' }),
    ),
    retryAfterSeconds: Type.Optional(Type.Integer({ minimum: 0, description: 'Its header `retry-after`.' })),
    delayMs: Type.Optional(
      Type.Number({ minimum: 0, maximum: 86_400_000, description: 'Delay of any effect.' }),
    ),
  },
  { additionalProperties: false },
);

export type FaultRule = Type.Static<typeof FaultRuleSchema>;

/** What a client sees with each fault, and whether its request takes effect. */
export const faultEffects: Readonly<Record<FaultRule['effect'], string>> = {
  cutBefore: 'the connection closed; no effect',
  cutAfter: 'the connection closed, a lost answer; takes effect',
  cutDuring: 'half a body, then the connection closed; takes effect',
  hangBefore: 'nothing, until its own deadline; no effect',
  hangAfter: 'nothing, until its own deadline; takes effect',
  late: 'nothing, until its own deadline; takes effect delayMs later',
  status: 'status (default 503) with message, as JSON or html; takes effect only with applied',
  brokenJSON: 'the right status with half a body; takes effect',
  delay: 'the right answer, delayMs later; takes effect at once',
  hide: 'the chosen droplets as if they did not exist: 404, and lists without them; takes effect on all others',
  garble: 'the chosen droplets with field null, as rows that cannot be read; takes effect',
};
