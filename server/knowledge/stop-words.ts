/** English words that say nothing about what is asked, with the courtesies of people who write to a support team. */
export const englishStopWords: ReadonlySet<string> = new Set(
  `a about above after again all also am an and any are aren as at be because been before being below between both but by
can cannot could couldn d did didn do does doesn doing don down during each else ever few for from further get gets getting got had hadn has
hasn have haven having he her here hers herself him himself his how however i if in into is isn it its itself just let ll m may me
might mightn more most much must mustn my myself nor of off on once only or other our ours ourselves out over own re s same
shall shan she should shouldn so some such t than that the their theirs them themselves then there these they this those
through to too under until up upon us ve very was wasn we were weren what when where which while who whom why will with won
would wouldn yet you your yours yourself yourselves
hi hello hey dear greetings thanks thank thankyou please pls kindly regards cheers sorry want wants wanted need needs needed try tries tried
trying help helps helping like know able trouble wondering wonder question questions ask asking asked tell give says say said
assistance assist assisting inquire inquires inquiring inquiry enquire enquiring enquiry advise appreciate guidance wish wishes wishing`.split(
    /\s+/,
  ),
);

/**
 * What a question says nothing with besides, though documents are found by it: words for any thing or person, and what remains of
 * `what's` and `doesn't` where people leave the apostrophe out. `whats` is no misspelt `chat`.
 */
export const questionStopWords: ReadonlySet<string> = new Set(
  `anybody anyone anything everything nothing somebody someone something
arent cant couldnt didnt doesnt dont hadnt hasnt havent heres hows im isnt itll ive lets shes shouldnt thats theres theyll theyre
theyve wasnt werent weve whats whens wheres whos whys wont wouldnt youd youll youre youve`.split(/\s+/),
);
