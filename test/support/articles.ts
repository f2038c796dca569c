/** A small knowledge base: each question is answered by the article of the same place. */
export const articles = [
  {
    title: 'Delivery times',
    body: 'Parcels within Germany arrive in two to three working days. Express parcels arrive on the next working day when ordered before two in the afternoon.',
    question: 'How long does a parcel within Germany take?',
  },
  {
    title: 'Return an item',
    body: 'You can return unused items within sixty days of delivery. The return label is free from Germany and Austria.',
    question: 'Within how many days can I return an unused item?',
  },
  {
    title: 'Resole your boots',
    body: 'Our workshop resoles leather boots for seventy-nine euros. It takes fifteen to twenty working days.',
    question: 'What does it cost to resole leather boots?',
  },
  {
    title: 'Wash a rain jacket',
    body: 'Wash a rain jacket at thirty degrees with a liquid detergent and no softener. Dry it at low heat to bring the coating back.',
    question: 'At which temperature should I wash my rain jacket?',
  },
  {
    title: 'Change your password',
    body: 'Open the sign-in page, choose "Forgot password" and follow the link in the e-mail. The link works for one hour.',
    question: 'How do I change a forgotten password?',
  },
];
