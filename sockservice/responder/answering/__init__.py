"""What a stub answers: the words of ``then``, rows and templates, and what happens with an answer when it is given."""
