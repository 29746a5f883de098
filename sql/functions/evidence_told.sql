-- SPDX-License-Identifier: ISC
-- evidence_told: a piece of evidence as a sentence: what was seen, and by what. Of what it knows nothing about it says both words.
create function kentongan.evidence_told(p_source text, p_what text) returns text
language sql immutable set search_path = kentongan, pg_temp as $$
    select coalesce((select words from (values
        ('parent', 'silent', 'the site above is silent'),
        ('parent', 'answers', 'the site above answers'),
        ('parent', 'link-down', 'the port towards it went down'),
        ('ping', 'answers', 'it answers ping, not SNMP'),
        ('ping', 'silent', 'it does not answer ping'),
        ('ups', 'on-battery', 'the UPS went to battery'),
        ('ups', 'battery-low', 'the UPS battery was low'),
        ('ups', 'mains-back', 'the mains were back'),
        ('ups', 'on-mains', 'the UPS has mains power'),
        ('reading', 'voltage-fell', 'the voltage fell'),
        ('reading', 'beside-answers', 'a device beside it answers'),
        ('reading', 'beside-silent', 'the devices beside it are silent, too'),
        ('reading', 'lossy', 'the link usually loses much'),
        ('boot', 'began-anew', 'the device started again'),
        ('boot', 'ran-on', 'the device ran all along'),
        ('boot', 'beside-booted', 'a device beside it started again, too'),
        ('boot', 'beside-ran', 'a device beside it ran all along'),
        ('feeder', 'down-together', 'others of its power feeder fell silent with it'),
        ('feeder', 'booted-together', 'others of its power feeder started again with it'),
        ('feeder', 'others-answer', 'others of its power feeder answer'),
        ('history', 'earlier-outages', 'what its earlier outages were'),
        ('radio', 'signal-weak', 'the radio signal was weak'),
        ('optics', 'light-weak', 'the light was weak'),
        ('optics', 'light-lost-above', 'the OLT lost the light'),
        ('trap', 'dying-gasp', 'it said that its power was failing'),
        ('trap', 'dying-gasp-above', 'the site above heard a power failure'),
        ('trap', 'link-down-above', 'the site above said that a port went down'),
        ('trap', 'cold-start', 'it started again'),
        ('trap', 'coldStart', 'it started again'),
        ('trap', 'warm-start', 'its software started again'),
        ('trap', 'warmStart', 'its software started again'),
        ('trap', 'link-down', 'it said that a port went down'),
        ('trap', 'linkDown', 'it said that a port went down'),
        ('trap', 'linkUp', 'it said that a port came up'),
        ('trap', 'link-lost', 'it said that its link was lost'),
        ('trap', 'link-back', 'it said that its link was back'),
        ('trap', 'power-lost', 'it said that the mains failed'),
        ('trap', 'power-low', 'it said that its battery was low'),
        ('trap', 'power-back', 'it said that the mains were back')) as known (source, what, words)
                      where (known.source, known.what) = (p_source, p_what)), concat_ws(' ', p_what, p_source))
$$;
grant execute on function kentongan.evidence_told(text, text) to kentongan_app;
